using System.Net;
using System.Net.Sockets;
using Bellhop.Cli;
using Bellhop.Cli.Hosting;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Hosting;

public sealed class InstanceTests : IDisposable
{
    private static readonly GatewayFacts Facts = new(
        "http://127.0.0.1:1",
        new BusStatus("embedded", null, "agent"),
        []
    );

    private readonly TemporaryHome _home = new();

    public InstanceTests() => _home.Home.Create();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Take_Twice_SaysWhoHasIt()
    {
        using var first = InstanceLock.Take(_home.Home);

        var e = Should.Throw<CommandException>(() => InstanceLock.Take(_home.Home));

        e.Code.ShouldBe(1);
        e.Message.ShouldContain($"pid {Environment.ProcessId}");
    }

    [Fact]
    public void Take_HomeCannotBeWritten_SaysWhy()
    {
        Directory.Delete(_home.Home.Run, recursive: true);

        var e = Should.Throw<CommandException>(() => InstanceLock.Take(_home.Home));

        e.Message.ShouldStartWith($"Bellhop cannot write in {_home.Home.Folder}: ");
        e.Message.ShouldNotContain("already runs");
    }

    [Fact]
    public void Take_AfterTheFirstEnded_Works()
    {
        InstanceLock.Take(_home.Home).Dispose();

        using var second = InstanceLock.Take(_home.Home);

        File.ReadAllText(_home.Home.Pid).ShouldBe($"{Environment.ProcessId}\n");
    }

    [Fact]
    public void Announce_Endpoints_AreThoseOfTheContract()
    {
        RunFiles.Announce(_home.Home, Facts);

        File.ReadAllText(_home.Home.Endpoints)
            .ShouldBe($$"""{"pid":{{Environment.ProcessId}},"http":"http://127.0.0.1:1","resp":null}""" + "\n");
        Directory.GetFiles(_home.Home.Run).ShouldBe([_home.Home.Endpoints]);
    }

    [Fact]
    public void Withdraw_FileOfAnotherProcess_Stays()
    {
        File.WriteAllText(_home.Home.Endpoints, """{"pid":1,"http":"x","resp":null}""");

        RunFiles.Withdraw(_home.Home);

        File.Exists(_home.Home.Endpoints).ShouldBeTrue();
    }

    [Fact]
    public void Withdraw_OwnFile_IsGone()
    {
        RunFiles.Announce(_home.Home, Facts);

        RunFiles.Withdraw(_home.Home);

        File.Exists(_home.Home.Endpoints).ShouldBeFalse();
    }

    [Fact]
    public void TryTake_TakenPort_IsNull()
    {
        using var sockets = new ListenSockets();
        var taken = sockets.TryTake(new Endpoint(IPAddress.Loopback, 0)).ShouldNotBeNull();

        sockets.TryTake(new Endpoint(IPAddress.Loopback, taken.Port)).ShouldBeNull();
    }

    [Fact]
    public void TryTake_AddressOfNobody_IsAConfigurationFault()
    {
        using var sockets = new ListenSockets();

        Should
            .Throw<CommandException>(() => sockets.TryTake(new Endpoint(IPAddress.Parse("192.0.2.1"), 0)))
            .Code.ShouldBe(78);
    }

    [Fact]
    public void TakeUnix_FileOfADeadRun_IsReplacedForTheOwnerOnly()
    {
        File.WriteAllText(_home.Home.Socket, "");
        using var sockets = new ListenSockets();

        sockets.TakeUnix(_home.Home.Socket);

        File.GetUnixFileMode(_home.Home.Socket).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(_home.Home.Socket));
    }

    [Fact]
    public async Task TakeResp_OtherPortTaken_NamesTheSetting()
    {
        using var sockets = new ListenSockets();
        var taken = sockets.TryTake(new Endpoint(IPAddress.Loopback, 0))!;

        var e = await Should.ThrowAsync<CommandException>(() =>
            RespAddress.TakeAsync(new Endpoint(IPAddress.Loopback, taken.Port), sockets, CancellationToken.None)
        );

        e.Message.ShouldContain("bus.resp");
    }
}
