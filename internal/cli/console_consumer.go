package cli
func runConsoleConsumer(env *Env, args []string) int { return 1 }
