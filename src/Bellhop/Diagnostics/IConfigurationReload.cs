using Bellhop.Diagnostics.Views;

namespace Bellhop.Diagnostics;

/// <summary>Reads the configuration again; implemented where files and settings are known.</summary>
public interface IConfigurationReload
{
    /// <summary>Takes over what can change while running: all of it, or nothing where there is a fault.</summary>
    ReloadResult Reload();
}

/// <summary>What a reload came to: one of the two.</summary>
/// <param name="Done">What it changed.</param>
/// <param name="Refused">Why it changed nothing.</param>
public sealed record ReloadResult(ReloadDto? Done, FaultDto? Refused);
