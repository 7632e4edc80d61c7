namespace Bellhop.Bench.Subjects;

/// <summary>A folder for one run, removed at its end.</summary>
internal sealed class Scratch : IDisposable
{
    public Scratch() => Folder = Directory.CreateTempSubdirectory("bellhop-bench-").FullName;

    public string Folder { get; }

    public string NewFolder(string name)
    {
        var path = Path.Combine(Folder, $"{name}-{Guid.NewGuid():N}"[..(name.Length + 9)]);
        Directory.CreateDirectory(path);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
