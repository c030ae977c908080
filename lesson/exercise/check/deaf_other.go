//go:build !linux

package check

import "errors"

func deaf() (int, func(), error) { return 0, nil, errors.ErrUnsupported }
