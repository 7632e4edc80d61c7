using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bellhop.Channels.Http;
using Bellhop.Diagnostics;

namespace Bellhop.Channels.Security;

/// <summary>
/// The one token, in a file only its owner can read. Made at first use; a changed file counts at once and the old token
/// with it no longer.
/// </summary>
public sealed class TokenFile(HttpChannelOptions options)
{
    /// <summary>256 random bits, as many as SHA-256 keeps apart.</summary>
    private const int TokenBytes = 32;

    /// <summary>What a person may write into the file instead; shorter could be guessed.</summary>
    private const int MinLength = 32;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _lock = new();
    private (DateTime Written, long Length) _stamp;
    private Secret _token = new("");

    /// <summary>Where it is.</summary>
    public string Path => options.TokenFile;

    /// <summary>True for the right token. False, never an exception, while the file cannot be read or holds no token.</summary>
    internal bool Accepts(string? candidate)
    {
        try
        {
            return Current().Matches(candidate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Makes the file where there is none, and closes it to others where it is open to them.</summary>
    /// <exception cref="TokenException">The file holds no token.</exception>
    public void Ensure()
    {
        if (!File.Exists(Path))
            Create();
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(Path) != OwnerOnly)
            File.SetUnixFileMode(Path, OwnerOnly);
        if (Current().IsEmpty)
            throw new TokenException(
                $"{Path} holds no token: one line of at least {MinLength} characters. Delete it to get a new one."
            );
    }

    private Secret Current()
    {
        var file = new FileInfo(Path);
        lock (_lock)
        {
            if (!file.Exists)
                return _token = new Secret("");
            var stamp = (file.LastWriteTimeUtc, file.Length);
            if (stamp == _stamp && !_token.IsEmpty)
                return _token;
            var text = File.ReadAllText(Path).Trim();
            _stamp = stamp;
            return _token = new Secret(text.Length >= MinLength ? text : "");
        }
    }

    /// <summary>Written aside and moved, so that nobody reads half a token; who comes second takes the first one's.</summary>
    private void Create()
    {
        var folder = Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        var aside = System.IO.Path.Combine(folder.FullName, $".token-{Guid.NewGuid():N}");
        var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            mode.UnixCreateMode = OwnerOnly;
        try
        {
            using (var file = new FileStream(aside, mode))
            {
                var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
                file.Write(Encoding.ASCII.GetBytes(token + "\n"));
                file.Flush(flushToDisk: true);
            }
            File.Move(aside, Path, overwrite: false);
        }
        catch (IOException) when (File.Exists(Path))
        {
            File.Delete(aside);
        }
    }
}

/// <summary>The token cannot be used.</summary>
public sealed class TokenException(string message) : BellhopException(message);
