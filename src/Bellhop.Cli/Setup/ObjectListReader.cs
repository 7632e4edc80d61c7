using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bellhop.Cli.Setup;

/// <summary>Reads a list of objects. Every fault of every object comes back, each with its place: <c>[1].type</c>.</summary>
internal sealed class ObjectListReader(Setting setting, Func<Setting, JsonNode?, SettingReading> readField)
{
    private readonly List<PartFault> _faults = [];

    /// <summary>The objects, or what is wrong with them. Never throws for what a person can write.</summary>
    public SettingReading Read(JsonNode node)
    {
        if (node is not JsonArray array)
            return SettingReading.Bad($"must be a list of objects, such as {setting.Example}.");
        var objects = new List<SettingObject>(array.Count);
        for (var i = 0; i < array.Count; i++)
        {
            var before = _faults.Count;
            if (ReadObject(array[i], $"[{i}]") is { } read && before == _faults.Count && IsGood(read, objects, i))
                objects.Add(read);
        }
        return _faults.Count == 0
            ? new SettingReading((IReadOnlyList<SettingObject>)objects)
            : new SettingReading(null) { Parts = _faults };
    }

    private SettingObject? ReadObject(JsonNode? node, string at)
    {
        if (Entries(node) is not { } given)
        {
            Fault(at, node, $"must be an object in which each key stands once, such as {setting.Example}.");
            return null;
        }
        foreach (var (key, value) in given.Where(e => setting.Fields.All(f => f.Path != e.Key)))
            Fault($"{at}.{key}", value, Unknown(key));
        var fields = new Dictionary<string, object?>();
        foreach (var field in setting.Fields)
            fields[field.Path] = ReadField(field, given, $"{at}.{field.Path}");
        return new SettingObject(fields);
    }

    private object? ReadField(Setting field, Dictionary<string, JsonNode?> given, string at)
    {
        if (!given.TryGetValue(field.Path, out var node))
        {
            if (field.IsRequired)
                Fault(at, null, $"is missing. {field.Doc}");
            node = field.DefaultNode;
        }
        if (field.IsRequired && !given.ContainsKey(field.Path))
            return null;
        var reading = readField(field, node);
        if (reading.Problem is { } problem)
            Fault(at, node, problem);
        return reading.Value;
    }

    private bool IsGood(SettingObject read, List<SettingObject> before, int index)
    {
        var problem = before.Exists(o => o.Name == read.Name)
            ? $"is the name of another one of {setting.Path}. Give each its own."
            : null;
        if (problem is not null)
            Fault($"[{index}].name", JsonValue.Create(read.Name), problem);
        else if (setting.Check(read) is { } wrong)
            Fault($"[{index}]", JsonValue.Create(read.Name), wrong);
        else
            return true;
        return false;
    }

    private string Unknown(string key) =>
        Suggestion.For(key, setting.Fields.Select(f => f.Path)) is { } near
            ? $"is not a setting. Did you mean {near}?"
            : $"is not a setting. Known here: {string.Join(", ", setting.Fields.Select(f => f.Path))}.";

    /// <summary>Null where it is no object, or where a key stands twice, which the framework finds only when asked.</summary>
    private static Dictionary<string, JsonNode?>? Entries(JsonNode? node)
    {
        try
        {
            return (node as JsonObject)?.ToDictionary(e => e.Key, e => e.Value);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private void Fault(string part, JsonNode? value, string problem) =>
        _faults.Add(new PartFault(part, Shown(value), problem));

    private static string? Shown(JsonNode? value)
    {
        try
        {
            return value?.ToJsonString(Json.Relaxed);
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            return null; // a key stands twice in it
        }
    }
}
