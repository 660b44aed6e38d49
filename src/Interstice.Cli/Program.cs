using Interstice.Cli;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
