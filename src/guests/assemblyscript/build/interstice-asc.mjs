#!/usr/bin/env node
import { runBuild } from "./index.mjs";

process.exitCode = await runBuild(process.argv.slice(2));
