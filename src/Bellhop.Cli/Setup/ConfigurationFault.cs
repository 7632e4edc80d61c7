using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Setup;

/// <summary>One thing wrong with the configuration, with all a person needs to mend it.</summary>
/// <param name="Key">The setting, or the unknown key.</param>
/// <param name="Value">What was given, secrets hidden; null where the value is not the matter.</param>
/// <param name="Where">The file and line, or the environment variable.</param>
/// <param name="Mend">What is wrong and what would be right.</param>
internal sealed record ConfigurationFault(string Key, string? Value, string Where, string Mend)
{
    /// <summary>As the API and <c>--json</c> show it.</summary>
    public SettingFaultDto View => new(Key, Value, Where, Mend);

    public override string ToString() =>
        Value is null ? $"{Key} ({Where}): {Mend}" : $"{Key} = {Value} ({Where}): {Mend}";
}

/// <summary>The configuration cannot be used. Lists every fault, not the first.</summary>
internal sealed class ConfigurationException(IReadOnlyList<ConfigurationFault> faults)
    : BellhopException(
        $"The configuration has {(faults.Count == 1 ? "a fault" : $"{faults.Count} faults")}:\n"
            + string.Join('\n', faults.Select(f => $"  {f}"))
    )
{
    public IReadOnlyList<ConfigurationFault> Faults { get; } = faults;
}
