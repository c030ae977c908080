package check

// copies counts the descriptors of the program's end of a connection.
func (p *Program) copies(c *Conn) int {
	s, ok := p.farEnd(c)
	if !ok {
		return 0
	}
	return p.inodes()[s.Inode]
}
