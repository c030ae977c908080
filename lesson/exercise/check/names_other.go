//go:build !linux

package check

import "errors"

// errNoMounts says where no file can be shown at another's place.
var errNoMounts = errors.New("this system has no mount namespaces")

func showAt(string, string) (func(), error) { return nil, errNoMounts }
