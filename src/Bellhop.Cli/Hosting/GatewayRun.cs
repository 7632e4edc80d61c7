using Bellhop.Cli.Commands;
namespace Bellhop.Cli.Hosting;
internal static class GatewayRun { public static Task<int> RunAsync(CommandContext c, bool v, CancellationToken cancel) => Task.FromResult(0); }
