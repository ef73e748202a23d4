-- options: lower=1
-- Table names folded, with a clash that folding makes; columns keep their case.
CREATE TABLE `Orders` (`Id` int PRIMARY KEY);
CREATE TABLE `orders` (`Id` int PRIMARY KEY);
CREATE TABLE `Items` (`Id` int PRIMARY KEY, o int, CONSTRAINT `Items_o` FOREIGN KEY (o) REFERENCES `Orders` (`Id`));
