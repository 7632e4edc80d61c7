using Bellhop.Agents.Acp;
using Bellhop.Agents.Pi;
using Bellhop.Agents.Processes;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents;

/// <summary>Makes the agent of a session. One factory per home: it owns the record of our children.</summary>
public sealed class AgentFactory : IDisposable
{
    private const string GetPi =
        "pi is not on PATH, so the echo agent answers. Get pi: npm install -g @earendil-works/pi-coding-agent "
        + "(needs Node 22.19 or newer), run it once and log in, then restart Bellhop.";

    private readonly AgentOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly AgentFiles _files;
    private readonly ChildLedger _ledger;
    private readonly Children _children;

    /// <summary>Decides what <c>auto</c> is; starts nothing.</summary>
    public AgentFactory(AgentOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _time, _loggers) = (options, time, loggers);
        _files = new AgentFiles(options.Home);
        var logger = loggers.CreateLogger("Bellhop.Agents.Processes");
        var killer = new FamilyKiller(ProcessTable.ForThisSystem(), time);
        _ledger = new ChildLedger(_files.Ledger, killer, logger);
        _children = new Children(_ledger, killer, time, logger);
        (Kind, Notice) = Resolve(options);
    }

    /// <summary>Which agent it makes; never <see cref="AgentKind.Auto"/>.</summary>
    public AgentKind Kind { get; }

    /// <summary>What a person should know about the choice; null when it is as configured.</summary>
    public string? Notice { get; }

    /// <summary>
    /// Kills what an earlier run left behind and makes sure that it is dead. Every agent does this itself before it
    /// starts a process or asks a transcript; calling it early only saves the time then.
    /// </summary>
    /// <exception cref="BellhopException">A process of an earlier run cannot be killed.</exception>
    public Task ReapAsync(CancellationToken cancel) => _children.ReapAsync(cancel);

    /// <summary>The agent of a session, not started; null for <see cref="AgentKind.None"/>.</summary>
    public IAgent? Create(string sessionId) =>
        Kind switch
        {
            AgentKind.Pi => CreatePi(sessionId),
            AgentKind.Acp => CreateAcp(StartOf(sessionId), sessionId),
            AgentKind.Command => new CommandAgent(_children, StartOf(sessionId)),
            AgentKind.Echo => new EchoAgent(),
            _ => null,
        };

    /// <inheritdoc/>
    public void Dispose() => _ledger.Dispose();

    private PiAgent CreatePi(string session) =>
        new(
            new PiLauncher(_children, _options, _files, session, _time),
            new RestartPolicy(_time, Random.Shared.NextDouble),
            _options.ReadyTimeout,
            _time,
            _loggers.CreateLogger<PiAgent>()
        );

    private AcpAgent CreateAcp(ChildStart start, string session) =>
        new(
            new AcpLauncher(_children, start, _time),
            new AcpSettings(
                Path.GetFileName(start.Command[0]),
                start.Folder,
                _options.Permissions,
                new AcpSessionFile(_files.AcpSession(session))
            ),
            new RestartPolicy(_time, Random.Shared.NextDouble),
            _options.ReadyTimeout,
            _time,
            _loggers.CreateLogger<AcpAgent>()
        );

    private ChildStart StartOf(string session) =>
        new()
        {
            Command = _options.Command,
            Folder = Path.GetFullPath(UserPath.Expand(_options.Cwd)),
            Environment = _options.Env,
            Secrets = _options.SecretVariables,
            ErrorLog = _files.ErrorLog(session),
        };

    private static (AgentKind, string?) Resolve(AgentOptions options)
    {
        if (options.Kind != AgentKind.Auto)
            return (options.Kind, null);
        var path = options.Env.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH");
        return Executable.Find(options.Command[0], path) is null ? (AgentKind.Echo, GetPi) : (AgentKind.Pi, null);
    }
}
