namespace Bellhop.Cli.Setup;

/// <summary>What a setting holds.</summary>
internal enum SettingKind
{
    Text,
    Word,
    Number,
    Duration,
    Endpoint,
    Folder,
    File,
    Secret,
    List,
    Map,
}
