using System.Text;
using Bellhop.Cli.Commands;

namespace Bellhop.Tests.Testing;

/// <summary>Runs a command inside the test, as the program would with this home, and keeps what it said.</summary>
internal sealed record CommandRun(int Code, string Out, string Error)
{
    public static Task<CommandRun> RunAsync(TemporaryHome home, params string[] args) =>
        RunWithAsync(home, "", null, args);

    public static async Task<CommandRun> RunWithAsync(
        TemporaryHome home,
        string input,
        Action<Dictionary<string, string>>? environment,
        params string[] args
    )
    {
        var variables = home.Environment;
        environment?.Invoke(variables);
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var context = new CommandContext
        {
            Out = output,
            Error = error,
            Input = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
            Environment = variables,
        };
        var code = await CommandLine.RunAsync(args, context, TestContext.Current.CancellationToken);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
