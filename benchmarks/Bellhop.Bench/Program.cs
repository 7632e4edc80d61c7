using Bellhop.Bench;
using Bellhop.Bench.MockAgent;

return args is [MockAgentProgram.Verb, .. var rest] ? MockAgentProgram.Run(rest) : await BenchProgram.RunAsync(args);
