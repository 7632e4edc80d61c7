using System.Net;

namespace Bellhop.Cli.Commands;

/// <summary>Hands something in. A refusal is an outcome with its own exit code.</summary>
internal static class Submission
{
    /// <exception cref="CommandException">The gateway refused; exit code 4.</exception>
    /// <exception cref="NotRunningException">Nobody took it: no gateway, or one that is starting or stopping.</exception>
    public static async Task<Answer> PostAsync(
        GatewayClient client,
        string path,
        ReadOnlyMemory<byte> body,
        CancellationToken cancel
    )
    {
        try
        {
            return await client.PostAsync(path, body, cancel);
        }
        catch (RefusedException e) when (e.Status == HttpStatusCode.ServiceUnavailable)
        {
            throw new NotRunningException(e);
        }
        catch (RefusedException e)
        {
            throw new CommandException($"Not accepted: {e.Message}", ExitCode.NotAccepted);
        }
    }
}
