using Bellhop.Cli.Commands;

return await CommandLine.RunAsync(args, CommandContext.OfProcess());
