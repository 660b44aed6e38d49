using Interstice.Benchmarks;

return await BenchmarkProgram.RunAsync(args);
