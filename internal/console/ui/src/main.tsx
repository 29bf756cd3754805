import "./styles/tokens.css";
import "./styles/base.css";
import { createRoot } from "react-dom/client";
import { runChannel } from "./api/live.ts";
import { applyTheme } from "./lib/settings.ts";
import { App } from "./shell/App.tsx";

applyTheme();
void runChannel();
createRoot(document.getElementById("root")!).render(<App />);
