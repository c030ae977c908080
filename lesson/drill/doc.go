// Package drill makes questions without end: small programs, a line of which is
// asked about, and answers to choose from. A question holds no verdict. Its answer
// is marked by running the programs in a lab and looking at what the kernel did;
// nothing here is told to a learner that has not been run. The same seed gives the
// same questions. It draws nothing and reads nothing from a terminal.
package drill
