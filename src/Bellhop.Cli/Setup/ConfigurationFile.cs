using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bellhop.Cli.Setup;

/// <summary>Reads config.json: JSON with comments and trailing commas. Knows the line of every key.</summary>
internal sealed class ConfigurationFile(string path, byte[] bytes)
{
    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private readonly Dictionary<string, GivenValue> _values = [];
    private readonly List<ConfigurationFault> _faults = [];

    /// <summary>The values by path; what is wrong is added to <paramref name="faults"/>.</summary>
    public IReadOnlyDictionary<string, GivenValue> Read(List<ConfigurationFault> faults)
    {
        var reader = new Utf8JsonReader(bytes, Options);
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadSection(ref reader, "");
            else
                _faults.Add(new ConfigurationFault("(file)", null, path, "is not an object: it must start with {."));
            while (reader.Read()) { }
        }
        catch (JsonException e)
        {
            _faults.Add(
                new ConfigurationFault(
                    "(file)",
                    null,
                    $"{path} line {e.LineNumber + 1}",
                    $"is not JSON at byte {e.BytePositionInLine + 1} of the line. Look for a missing comma, quote or bracket just before it."
                )
            );
        }
        faults.AddRange(_faults);
        return _values;
    }

    private void ReadSection(ref Utf8JsonReader reader, string section)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var key = section.Length == 0 ? name : $"{section}.{name}";
            var where = $"{path} line {LineAt(reader.TokenStartIndex)}";
            reader.Read();
            if (SettingsSchema.Find(key) is not null)
                Take(key, new GivenValue(JsonNode.Parse(ref reader), where));
            else if (!SettingsSchema.Sections.Contains(key))
                Refuse(ref reader, key, where, Unknown(section, name));
            else if (reader.TokenType == JsonTokenType.StartObject)
                ReadSection(ref reader, key);
            else
                Refuse(
                    ref reader,
                    key,
                    where,
                    $"is a section: write {{ \"{SettingsSchema.KeysOf(key).First()}\": … }}."
                );
        }
    }

    private void Take(string key, GivenValue value)
    {
        if (!_values.TryAdd(key, value))
            _faults.Add(
                new ConfigurationFault(
                    key,
                    null,
                    value.Origin,
                    $"is given twice, first in {_values[key].Origin}. Keep one."
                )
            );
    }

    private void Refuse(ref Utf8JsonReader reader, string key, string where, string mend)
    {
        reader.Skip();
        _faults.Add(new ConfigurationFault(key, null, where, mend));
    }

    private static string Unknown(string section, string name)
    {
        var meant = Suggestion.For(name, SettingsSchema.KeysOf(section));
        var elsewhere = SettingsSchema.All.FirstOrDefault(s => s.Name == name)?.Path;
        return (meant, elsewhere) switch
        {
            ({ } near, _) => $"is not a setting. Did you mean {(section.Length == 0 ? near : $"{section}.{near}")}?",
            (_, { } other) => $"is not a setting here. Did you mean {other}?",
            _ => $"is not a setting. Known here: {string.Join(", ", SettingsSchema.KeysOf(section))}.",
        };
    }

    private int LineAt(long position) => 1 + bytes.AsSpan(0, (int)position).Count((byte)'\n');
}
