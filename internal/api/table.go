package api

// row is one API: its key, the versions served and the function that answers.
type row struct {
	key      int16
	min, max int16
	serve    handler
}

// table lists every API that is served.
func table() []row {
	return []row{
		{18, 0, 5, apiVersions},
	}
}
