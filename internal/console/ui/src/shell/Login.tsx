import { type FormEvent, useEffect, useState } from "react";
import { ApiError, post } from "../api/client.ts";
import { Field } from "../parts/Field.tsx";
import { Note } from "../parts/Status.tsx";
import css from "./Login.module.css";

/** Whether the server wants to know who is here; done says that it does. */
export function useLogin(): [boolean, () => void] {
  const [needed, setNeeded] = useState(false);
  useEffect(() => {
    const ask = () => setNeeded(true);
    addEventListener("brolga:login", ask);
    return () => removeEventListener("brolga:login", ask);
  }, []);
  return [needed, () => setNeeded(false)];
}

export function Login({ onDone }: { onDone: () => void }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<ApiError>();
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    try {
      await post("/login", { user, password });
      onDone();
    } catch (problem) {
      setError(ApiError.of(problem));
    }
  };
  return (
    <main className={css.login}>
      <form className="stack" onSubmit={(e) => void submit(e)}>
        <h1>brolga</h1>
        {error && <Note level="bad">{error.message} {error.hint}</Note>}
        <Field label="User"><input className="input" autoFocus autoComplete="username" value={user} onChange={(e) => setUser(e.target.value)} /></Field>
        <Field label="Password"><input className="input" type="password" autoComplete="current-password" value={password} onChange={(e) => setPassword(e.target.value)} /></Field>
        <button type="submit" className="btn primary" disabled={!user || !password}>Log in</button>
      </form>
    </main>
  );
}
