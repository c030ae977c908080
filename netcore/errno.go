package netcore

// Errno is an error number as the kernel gave it; 0 is none.
type Errno int
