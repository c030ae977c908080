package check

// copies counts the descriptors of the program's end of a connection.
func (p *Program) copies(c *Conn) int {
	inodes := p.inodes()
	for _, s := range p.Table() {
		if s.Inode != 0 && int(s.Local.Port()) == c.farPort() && int(s.Peer.Port()) == c.Port() {
			return inodes[s.Inode]
		}
	}
	return 0
}
