DROP TABLE working_time_upto;
DROP TABLE working_plan;
DROP TABLE working_time;
