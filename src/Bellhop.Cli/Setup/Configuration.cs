using System.Text.Json.Nodes;

namespace Bellhop.Cli.Setup;

/// <summary>A setting with the value that holds and where it came from.</summary>
internal sealed record EffectiveSetting(Setting Setting, object? Value, JsonNode? Written, string Origin)
{
    private const string Hidden = "***";

    /// <summary>True where the value must not be printed.</summary>
    public bool IsSecret => Setting.Kind == SettingKind.Secret && Written is not null;

    /// <summary>For people and logs: JSON, secrets hidden. A map's values count as secrets: keys are passed to agents that way.</summary>
    public string Shown =>
        IsSecret ? Hidden
        : Written is JsonObject map && Setting.Kind == SettingKind.Map
            ? new JsonObject(map.Select(e => new KeyValuePair<string, JsonNode?>(e.Key, Hidden))).ToJsonString(
                Json.Relaxed
            )
        : Written?.ToJsonString(Json.Relaxed) ?? "null";
}

/// <summary>All settings, checked. Reads file and environment; writes nothing.</summary>
internal sealed class Configuration
{
    private readonly Dictionary<string, EffectiveSetting> _settings;

    private Configuration(Dictionary<string, EffectiveSetting> settings) => _settings = settings;

    /// <summary>In the schema's order.</summary>
    public IEnumerable<EffectiveSetting> Settings => SettingsSchema.All.Select(s => _settings[s.Path]);

    /// <summary>The typed value of a setting that is never null.</summary>
    public T Get<T>(string path) => (T)_settings[path].Value!;

    /// <summary>The typed value of a setting that may be null.</summary>
    public T? Find<T>(string path)
        where T : class => (T?)_settings[path].Value;

    /// <summary>True where nobody set it.</summary>
    public bool IsDefault(string path) => _settings[path].Origin == GivenValue.Default;

    /// <summary>The settings that another configuration holds another value of.</summary>
    public IEnumerable<Setting> DifferingFrom(Configuration other) =>
        SettingsSchema.All.Where(s => !JsonNode.DeepEquals(_settings[s.Path].Written, other._settings[s.Path].Written));

    /// <summary>This one, but for what only a start can change: that stays as in <paramref name="running"/>.</summary>
    public Configuration Over(Configuration running) =>
        new(
            SettingsSchema.All.ToDictionary(s => s.Path, s => s.IsLive ? _settings[s.Path] : running._settings[s.Path])
        );

    /// <summary>
    /// Reads the home's file and the environment over it. Without a file there are only defaults, unless it
    /// <paramref name="mustExist"/>.
    /// </summary>
    /// <exception cref="ConfigurationException">Something is wrong; the exception lists all of it.</exception>
    public static Configuration Load(Home home, IReadOnlyDictionary<string, string> environment, bool mustExist = false)
    {
        var faults = new List<ConfigurationFault>();
        var given = new Dictionary<string, GivenValue>(ReadFile(home, mustExist, faults));
        EnvironmentOverrides.Apply(environment, given, faults);
        var reader = new SettingReader(home, name => environment.GetValueOrDefault(name));
        var settings = new Dictionary<string, EffectiveSetting>();
        foreach (var setting in SettingsSchema.All)
        {
            var value =
                given.GetValueOrDefault(setting.Path) ?? new GivenValue(setting.DefaultNode, GivenValue.Default);
            var reading = reader.Read(setting, value.Value);
            var effective = new EffectiveSetting(setting, reading.Value, value.Value, value.Origin);
            settings[setting.Path] = effective;
            if (reading.Problem is { } problem)
                faults.Add(new ConfigurationFault(setting.Path, effective.Shown, value.Origin, problem));
            faults.AddRange(
                reading.Parts.Select(p => new ConfigurationFault(
                    setting.Path + p.Part,
                    p.Value,
                    value.Origin,
                    p.Problem
                ))
            );
        }
        if (faults.Count == 0)
            faults.AddRange(CrossChecks.Of(settings));
        return faults.Count == 0 ? new Configuration(settings) : throw new ConfigurationException(faults);
    }

    private static IReadOnlyDictionary<string, GivenValue> ReadFile(
        Home home,
        bool mustExist,
        List<ConfigurationFault> faults
    )
    {
        try
        {
            return new ConfigurationFile(home.Config, File.ReadAllBytes(home.Config)).Read(faults);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Before the first run there is none.
            if (mustExist)
                faults.Add(
                    new ConfigurationFault(
                        "(file)",
                        null,
                        home.Config,
                        "is missing. Put it back; the next start would write a new one."
                    )
                );
            return new Dictionary<string, GivenValue>();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigurationFault("(file)", null, home.Config, $"cannot be read: {e.Message}"));
            return new Dictionary<string, GivenValue>();
        }
    }
}
