using Bellhop.Agents.Processes;

namespace Bellhop.Agents.Pi;

/// <summary>Starts the real pi on one session: its own agent folder, a sound transcript, the fixed path.</summary>
internal sealed class PiLauncher(
    Children children,
    AgentOptions options,
    AgentFiles files,
    string session,
    TimeProvider time
) : IPiLauncher
{
    private const string FolderVariable = "PI_CODING_AGENT_DIR";

    public string Transcript { get; } = files.Transcript(session);

    public Task ReapAsync(CancellationToken cancel) => children.ReapAsync(cancel);

    public async Task<ILineProcess> LaunchAsync(CancellationToken cancel)
    {
        await children.ReapAsync(cancel);
        PiAgentFolder.Prepare(PersonsFolder(), files.PiFolder);
        Directory.CreateDirectory(Path.GetDirectoryName(Transcript)!);
        PiTranscript.Repair(Transcript);
        var child = await children.StartAsync(
            new ChildStart
            {
                Command = [.. options.Command, "--mode", "rpc", "--session", Transcript],
                Folder = Path.GetFullPath(UserPath.Expand(options.Cwd)),
                Environment = new Dictionary<string, string>(options.Env, StringComparer.Ordinal)
                {
                    [FolderVariable] = files.PiFolder,
                    ["PI_SKIP_VERSION_CHECK"] = "1",
                    ["PI_TELEMETRY"] = "0",
                },
                Secrets = options.SecretVariables,
                ErrorLog = files.ErrorLog(session),
            },
            cancel
        );
        return new LineProcess("pi", child, time) { Version = PiVersion.Of(child.Executable) };
    }

    private string PersonsFolder() =>
        Path.GetFullPath(
            UserPath.Expand(
                options.Env.GetValueOrDefault(FolderVariable)
                    ?? Environment.GetEnvironmentVariable(FolderVariable)
                    ?? "~/.pi/agent"
            )
        );
}
