package source

import (
	"path"
	"strings"
)

// owner is whose code a frame is.
type owner int

const (
	ownerLibrary owner = iota // a language's own library, or the system's
	ownerPackage              // a package that the program uses
	ownerUser                 // the program itself
)

// systemFiles are what the paths of files that came with the compiler or the C
// library contain.
var systemFiles = []string{
	"/usr/include/", "/usr/lib/", "/usr/local/include/c++/", "/rustc/", "/library/std/src/", "/include/c++/",
	"/rustlib/src/", "/glibc", "/musl-", "/sysdeps/", "/csu/", "/gcc/", "/libgcc/", "/libstdc++",
}

// packageFiles are what the paths of files contain that a package manager put
// there.
var packageFiles = []string{"/pkg/mod/", "/.cargo/registry/", "/.cargo/git/", "/vendor/", "/.conan", "/vcpkg/"}

// ownerOf judges by the path of a source file.
func ownerOf(file string) owner {
	if contains(file, systemFiles) {
		return ownerLibrary
	}
	if contains(file, packageFiles) {
		return ownerPackage
	}
	return ownerUser
}

func contains(file string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(file, part) {
			return true
		}
	}
	return false
}

// systemLibraries are how the names of shared libraries begin that are nobody's
// own program, whatever debug information is installed for them.
var systemLibraries = []string{
	"libc.so", "libc-", "ld-linux", "ld-musl", "ld-2", "libpthread", "libresolv", "libnss_", "libm.so", "libdl.so",
	"libstdc++", "libgcc_s", "libc++", "libstd-",
}

// systemLibrary tells whether a file is one of the system's own libraries.
func systemLibrary(name string) bool {
	base := path.Base(name)
	for _, prefix := range systemLibraries {
		if strings.HasPrefix(base, prefix) {
			return true
		}
	}
	return false
}
