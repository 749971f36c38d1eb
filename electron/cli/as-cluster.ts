/** Puts `cluster` before the words, for the program that is loaded next. */
process.argv.splice(2, 0, 'cluster');

export {};
