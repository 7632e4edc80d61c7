using Bellhop.Cli.Setup;

namespace Bellhop.Tests.Testing;

/// <summary>A home of its own, gone after the test. Short, because a socket's path lies in it.</summary>
internal sealed class TemporaryHome : IDisposable
{
    public TemporaryHome() => Home = new Home(Directory.CreateTempSubdirectory("bh-").FullName);

    public Home Home { get; }

    /// <summary>Variables that point a command at this home and at nothing of the machine's own.</summary>
    public Dictionary<string, string> Environment => new() { [Home.Variable] = Home.Folder, ["HOME"] = Home.Folder };

    /// <summary>Writes config.json.</summary>
    public void Configure(string json) => File.WriteAllText(Home.Config, json);

    public void Dispose() => Directory.Delete(Home.Folder, recursive: true);
}
