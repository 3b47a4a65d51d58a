#!/usr/bin/env node
import { run } from './cli/start';

void run(process.argv.slice(2));
