using System.Text.Json.Nodes;

namespace Bellhop.Cli.Setup;

/// <summary>One setting, declared once: parsing, checks, the template and the reference all come from it.</summary>
/// <param name="Path">Its key, sections joined by dots.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Default">Its value where nobody sets it, as JSON.</param>
/// <param name="Doc">One or two sentences for the person who writes the file.</param>
internal sealed record Setting(string Path, SettingKind Kind, string Default, string Doc)
{
    /// <summary>The values a <see cref="SettingKind.Word"/> can have.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The least and the most of a <see cref="SettingKind.Number"/>.</summary>
    public (long Least, long Most) Range { get; init; } = (0, long.MaxValue);

    /// <summary>An example for the reference where the default says too little, as JSON.</summary>
    public string? Example { get; init; }

    /// <summary>The first run writes it into the file rather than beside it as a comment.</summary>
    public bool Recorded { get; init; }

    /// <summary>A reload takes a change over at once; otherwise it waits for the next start.</summary>
    public bool IsLive { get; init; }

    /// <summary>True where <c>null</c> is a value.</summary>
    public bool IsOptional { get; init; } = Default == "null";

    /// <summary>What each object of <see cref="SettingKind.Objects"/> holds, <c>name</c> first.</summary>
    public IReadOnlyList<Setting> Fields { get; init; } = [];

    /// <summary>What is wrong with an object whose fields are each good; null = nothing.</summary>
    public Func<SettingObject, string?> Check { get; init; } = _ => null;

    /// <summary>An object's field that must be given.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The section's name; empty for a setting at the top.</summary>
    public string Section => Path.Contains('.', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('.')] : "";

    /// <summary>The key inside its section.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The environment variable that overrides it.</summary>
    public string Variable => "BELLHOP__" + Path.Replace(".", "__", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>A fresh copy of the default.</summary>
    public JsonNode? DefaultNode => JsonNode.Parse(Default);
}
