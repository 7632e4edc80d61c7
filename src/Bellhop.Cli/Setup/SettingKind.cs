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

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>A short name of letters, digits, <c>. _ -</c>.</summary>
    Name,

    /// <summary>A list of objects, each with the fields that the setting declares; <c>name</c> tells them apart.</summary>
    Objects,
}
