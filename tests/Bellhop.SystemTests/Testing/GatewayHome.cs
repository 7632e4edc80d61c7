using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bellhop.SystemTests.Testing;

/// <summary>A gateway's home in a folder of its own, with no pi, no Redis and no configuration of this machine in sight.</summary>
internal sealed class GatewayHome : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _environment = new(StringComparer.Ordinal);

    public GatewayHome()
    {
        foreach (string name in System.Environment.GetEnvironmentVariables().Keys)
        {
            if (name.StartsWith("BELLHOP") || name.StartsWith("PI_"))
                _environment[name] = null;
        }
        Directory.CreateDirectory(Path);
        Set("HOME", _folder.Path);
        Set("BELLHOP_HOME", Path);
        Set("NO_COLOR", "1");
        // A pi that a developer has installed must not answer where a test means "no pi".
        Set("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin");
        Set("DOTNET_ROOT", System.Environment.GetEnvironmentVariable("DOTNET_ROOT"));
    }

    /// <summary>The home itself.</summary>
    public string Path => System.IO.Path.Combine(_folder.Path, "home");

    /// <summary>A folder beside the home, for whatever else a test needs on disk.</summary>
    public TempFolder Beside => _folder;

    /// <summary>The program that runs in it.</summary>
    public string Program
    {
        get => field ?? Repository.Program;
        set;
    }

    /// <summary>What the gateway and the command line see.</summary>
    public IReadOnlyDictionary<string, string?> Environment => _environment;

    /// <summary>The bearer token, once the gateway has written it.</summary>
    public string Token => File.ReadAllText(System.IO.Path.Combine(Path, "token")).Trim();

    /// <summary>Changes what the gateway and the command line see.</summary>
    public void Set(string name, string? value) => _environment[name] = value;

    /// <summary>Only free ports, by environment: the home stays as fresh as on a person's first day.</summary>
    public GatewayHome WithFreePorts()
    {
        Set("BELLHOP__LISTEN", "127.0.0.1:0");
        Set("BELLHOP__BUS__RESP", "127.0.0.1:0");
        return this;
    }

    /// <summary>A configuration with free ports and this agent; <paramref name="change"/> may add to it.</summary>
    public GatewayHome WithConfig(JsonObject agent, Action<JsonObject>? change = null)
    {
        var config = new JsonObject
        {
            ["listen"] = "127.0.0.1:0",
            ["bus"] = new JsonObject { ["kind"] = "embedded", ["resp"] = "127.0.0.1:0" },
            ["agent"] = agent,
        };
        change?.Invoke(config);
        File.WriteAllText(System.IO.Path.Combine(Path, "config.json"), config.ToJsonString());
        return this;
    }

    /// <summary>The agent that answers without a model.</summary>
    public GatewayHome WithEcho() => WithConfig(new JsonObject { ["kind"] = "echo" });

    /// <summary>A real pi on the scripted model.</summary>
    public GatewayHome WithPi(RealPi pi, FakeModel model)
    {
        var agentFolder = RealPi.WriteAgentFolder(_folder, model);
        Set("PI_CODING_AGENT_DIR", agentFolder);
        Set("PI_OFFLINE", "1");
        Set("PI_SKIP_VERSION_CHECK", "1");
        Set("PI_TELEMETRY", "0");
        var work = Directory.CreateDirectory(System.IO.Path.Combine(_folder.Path, "work")).FullName;
        return WithConfig(
            new JsonObject
            {
                ["kind"] = "pi",
                ["command"] = new JsonArray(pi.Program),
                ["cwd"] = work,
            }
        );
    }

    /// <summary>What the gateway wrote about itself; null while it stands nowhere or is being written.</summary>
    public Endpoints? ReadEndpoints()
    {
        try
        {
            var text = File.ReadAllText(System.IO.Path.Combine(Path, "run", "endpoints.json"));
            return JsonSerializer.Deserialize<Endpoints>(text, JsonSerializerOptions.Web);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>The contents of <c>run/endpoints.json</c>.</summary>
internal sealed record Endpoints(int Pid, string Http, string? Resp);
