using System.Diagnostics;

namespace Bellhop.SystemTests.Testing;

/// <summary>What a program said, and how it ended.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    /// <summary>Everything it said, for a failure's message.</summary>
    public string All => $"exit code {ExitCode}\n{Output}\n{Error}";
}

/// <summary>Runs a program to its end.</summary>
internal static class Cli
{
    /// <summary>Runs Bellhop's command line on a home.</summary>
    public static Task<CliResult> BellhopAsync(GatewayHome home, params string[] arguments) =>
        RunAsync(home.Program, arguments, home.Environment);

    /// <summary>Runs a line as <c>sh -c</c> does.</summary>
    public static Task<CliResult> ShellAsync(string line, IReadOnlyDictionary<string, string?> environment) =>
        RunAsync("/bin/sh", ["-c", line], environment);

    /// <summary>Runs any program. A null in <paramref name="environment"/> removes a variable.</summary>
    public static async Task<CliResult> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        TimeSpan? atMost = null
    )
    {
        using var limit = new CancellationTokenSource(atMost ?? TimeSpan.FromMinutes(1), TimeProvider.System);
        using var process = Process.Start(Processes.Describe(program, arguments, environment))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new CliResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end.", e);
        }
    }
}
