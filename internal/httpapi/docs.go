package httpapi

func (s *Server) serveDocs() error { return nil }
