using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>A disk with no room: refusals with their codes, nothing accepted is lost, and it goes on when there is room.</summary>
public sealed class FullDiskTests
{
    /// <summary>
    /// strace makes the kernel answer "no space left" to a stretch of writes to the journal, which is what a full disk does.
    /// </summary>
    [Fact]
    public async Task Write_NoSpaceLeftForAWhile_IsRefusedAndLosesNothing()
    {
        using var home = new GatewayHome().WithEcho();
        var journal = Path.Combine(home.Path, "state.db-wal");
        string[] launcher =
        [
            Repository.Tool("strace"),
            .. $"-f -o /dev/null -P {journal} -e trace=pwrite64,write -e inject=pwrite64,write:error=ENOSPC:when=60..75".Split(
                ' '
            ),
        ];
        await using var gateway = await GatewayProcess.StartAsync(home, launcher);

        var (accepted, refused) = (new List<string>(), new List<ApiAnswer>());
        // Until it was refused and is accepted again: never more pushes than failing writes could swallow.
        for (var i = 0; i < 400 && (refused.Count == 0 || accepted.Count < 20); i++)
        {
            var id = Guid.NewGuid().ToString();
            var answer = await PushAsync(gateway, id);
            if ((int)answer.Status == 202)
                accepted.Add(id);
            else
                refused.Add(answer);
        }

        refused.ShouldNotBeEmpty("the injected failures reached the store");
        refused.ShouldAllBe(r => (int)r.Status == 507 && r.Code == "BH-5071");
        foreach (var id in accepted)
            (await gateway.Api.SettledAsync(id)).Only.State.ShouldBe("completed");
    }

    /// <summary>The reserve of 512 MiB is for the machine and for how accepted events end; no producer may eat it.</summary>
    [Fact]
    public async Task Push_LessThanTheReserveFree_IsRefusedAtEveryDoorUntilThereIsRoom()
    {
        using var home = new GatewayHome().WithEcho();
        using var disk = await OwnDisk.StartAsync(home, "500m");
        await using var gateway = await GatewayProcess.StartAsync(home, disk.Launcher);
        using var producer = await RespConnection.OpenAsync(gateway.RespPort);

        var refused = await PushAsync(gateway, "refused");
        ((int)refused.Status, refused.Code).ShouldBe((429, "BH-4291"));
        (await producer.CommandAsync("LPUSH", "agent:events:main", """{"id":"refused","type":"t"}""")).ShouldStartWith(
            "-BUSY BH-4291"
        );
        var pushed = await Cli.BellhopAsync(home, "push", "t", "--id", "refused");
        pushed.ExitCode.ShouldBe(4, pushed.All);
        pushed.Error.ShouldContain("BH-4291");

        await disk.ResizeAsync("600m");
        await Wait.Until(async () => (int)(await PushAsync(gateway, "room")).Status == 202, "room for an event");

        (await gateway.Api.SettledAsync("room")).Only.State.ShouldBe("completed");
        (await gateway.Api.FindAsync("refused")).ShouldBeNull();
    }

    private static async Task<ApiAnswer> PushAsync(GatewayProcess gateway, string id)
    {
        try
        {
            return await gateway.Api.PushAsync($$"""{"id":"{{id}}","type":"t","source":"test"}""");
        }
        catch (HttpRequestException e)
        {
            throw new InvalidOperationException($"The gateway no longer answers. It said:\n{gateway.Said}", e);
        }
    }
}
