using System.CommandLine;
using System.CommandLine.Invocation;

namespace Bellhop.Cli.Commands;

/// <summary>The parser's help under the name people type; the parser takes the file's, which is another.</summary>
internal sealed class HelpText(SynchronousCommandLineAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var (invocation, text) = (parseResult.InvocationConfiguration, new StringWriter());
        var output = invocation.Output;
        invocation.Output = text;
        var code = help.Invoke(parseResult);
        output.Write(
            text.ToString().Replace($"  {RootCommand.ExecutableName} ", "  bellhop ", StringComparison.Ordinal)
        );
        return code;
    }
}
