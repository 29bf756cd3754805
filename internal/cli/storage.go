package cli

func runStorage(env *Env, args []string) int     { return 1 }
func runServerStart(env *Env, args []string) int { return 1 }
func runServerStop(env *Env, args []string) int  { return 1 }
