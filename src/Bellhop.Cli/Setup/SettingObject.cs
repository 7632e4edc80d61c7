namespace Bellhop.Cli.Setup;

/// <summary>One object of a list of objects: its fields, read and checked, defaults where nothing was given.</summary>
internal sealed class SettingObject(IReadOnlyDictionary<string, object?> fields)
{
    /// <summary>What tells it from its neighbours.</summary>
    public string Name => Get<string>("name");

    /// <summary>A field that is never null.</summary>
    public T Get<T>(string field) => (T)fields[field]!;

    /// <summary>A field that may be null.</summary>
    public T? Find<T>(string field)
        where T : class => (T?)fields[field];
}
