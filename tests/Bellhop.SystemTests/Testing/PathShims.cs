namespace Bellhop.SystemTests.Testing;

/// <summary>
/// Lets a line of the documentation run as it stands although the gateway of a test listens on free ports: programs of
/// the same names that add the port, in a folder that goes first in PATH.
/// </summary>
internal static class PathShims
{
    /// <summary>Puts <c>redis-cli</c> (with the gateway's port) and <c>bellhop</c> first in the home's PATH.</summary>
    public static void Install(GatewayHome home, GatewayProcess gateway)
    {
        Write(home, "redis-cli", $"exec {Repository.Tool("redis-cli")} -p {gateway.RespPort} \"$@\"");
        Write(home, "bellhop", $"exec {Repository.Program} \"$@\"");
        home.Set("PATH", $"{Path.Combine(home.Beside.Path, "shims")}:{home.Environment["PATH"]}");
    }

    private static void Write(GatewayHome home, string name, string line)
    {
        var path = home.Beside.Write($"shims/{name}", $"#!/bin/sh\n{line}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
