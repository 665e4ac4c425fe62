DROP TABLE closure;
