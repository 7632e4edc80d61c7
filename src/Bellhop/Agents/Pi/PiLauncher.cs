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
    private const string UsualFolder = "~/.pi/agent";

    public string ModelsFile => Path.Combine(ChosenFolder ?? UsualFolder, PiAgentFolder.Models);

    private string? _version;

    public string Transcript { get; } = files.Transcript(session);

    public Task ReapAsync(CancellationToken cancel) => children.ReapAsync(cancel);

    public async Task<ILineProcess> LaunchAsync(CancellationToken cancel)
    {
        await children.ReapAsync(cancel);
        PiAgentFolder.Prepare(PersonsFolder(), files.PiFolder);
        Directory.CreateDirectory(Path.GetDirectoryName(Transcript)!);
        PiTranscript.Repair(Transcript);
        var child = await children.StartAsync(StartWith("--mode", "rpc", "--session", Transcript), cancel);
        return new LineProcess("pi", child, time)
        {
            Version = PiVersion.Of(child.Executable),
            AskVersion = AskVersionAsync,
        };
    }

    /// <summary>Once is enough: who exchanges pi under a running gateway sees the new version after the next start.</summary>
    private async Task<string?> AskVersionAsync(CancellationToken cancel) =>
        _version ??= await PiVersion.AskAsync(children, StartWith("--version"), time, cancel);

    private ChildStart StartWith(params string[] arguments) =>
        new()
        {
            Command = [.. options.Command, .. arguments],
            Folder = Path.GetFullPath(UserPath.Expand(options.Cwd)),
            Environment = new Dictionary<string, string>(options.Env, StringComparer.Ordinal)
            {
                [FolderVariable] = files.PiFolder,
                ["PI_SKIP_VERSION_CHECK"] = "1",
                ["PI_TELEMETRY"] = "0",
            },
            Secrets = options.SecretVariables,
            ErrorLog = files.ErrorLog(session),
        };

    private string? ChosenFolder =>
        options.Env.GetValueOrDefault(FolderVariable) ?? Environment.GetEnvironmentVariable(FolderVariable);

    private string PersonsFolder() => Path.GetFullPath(UserPath.Expand(ChosenFolder ?? UsualFolder));
}
