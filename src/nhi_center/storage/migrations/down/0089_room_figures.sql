DROP TABLE room_figures;
