using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using static Bellhop.Tests.Terminals.TerminalWire;

namespace Bellhop.Tests.Terminals;

public sealed class ReceiptListTests
{
    private const string Receipts = "agent:receipts";
    private const string Claims = "agent:claims:pid-7";
    private const string List = "agent:events:pid-7";

    [Fact]
    public async Task Push_InjectedThenCompleted_MovesTheEvent()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = await WithClaimAsync(fixture, "one");

        (await client.AskAsync("LPUSH", Receipts, Receipt("one", "injected"))).ShouldBe(":1");
        var injected = await fixture.DeliveryAsync("one");
        (injected.State, injected.Turn.ToString()).ShouldBe((DeliveryState.Injected, Turn));
        (await client.AskAsync("LREM", Claims, "1", Row("one"))).ShouldBe(":1");
        (await fixture.DeliveryAsync("one")).State.ShouldBe(DeliveryState.Injected);
        (await client.AskAsync("LPUSH", Receipts, Receipt("one", "completed"))).ShouldBe(":1");

        var delivery = await fixture.DeliveryAsync("one");
        (delivery.State, delivery.History[^1].Note).ShouldBe((DeliveryState.Completed, null));
        (await client.AskAsync("LRANGE", Claims, "0", "-1")).ShouldBe("[]");
        (await client.AskAsync("LLEN", Receipts)).ShouldBe(":0");
    }

    [Fact]
    public async Task Acknowledgement_InOneTransaction_IsCarriedOut()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = await WithClaimAsync(fixture, "one");
        await client.AskAsync("SET", "agent:claim:pid-7", "{}");
        await client.AskAsync("MULTI");
        await client.AskAsync("LPUSH", Receipts, Receipt("one", "completed"));
        await client.AskAsync("LREM", Claims, "1", Row("one"));
        await client.AskAsync("DEL", "agent:claim:pid-7");
        (await client.AskAsync("EXEC")).ShouldBe("[:1, :1, :1]");
        (await fixture.DeliveryAsync("one")).State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Lrem_WithoutAReceipt_CompletesWithTheNote()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = await WithClaimAsync(fixture, "one");
        (await client.AskAsync("LREM", Claims, "1", Row("one"))).ShouldBe(":1");
        var delivery = await fixture.DeliveryAsync("one");
        (delivery.State, delivery.History[^1].Note).ShouldBe((DeliveryState.Completed, "taken by client"));
    }

    [Fact]
    public async Task Push_Queued_GivesTheRowToOthersAndLremTakesNothing()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = await WithClaimAsync(fixture, "one");
        await client.AskAsync("LPUSH", Receipts, Receipt("one", "queued"));
        await client.AskAsync("LREM", Claims, "1", Row("one"));
        (await fixture.DeliveryAsync("one")).State.ShouldBe(DeliveryState.Queued);
        (await fixture.Connect().ClaimAsync("pid-7")).ShouldContain("one");
    }

    [Fact]
    public async Task Push_HalfACharacter_IsRefusedAndTheConnectionStays()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = await WithClaimAsync(fixture, "one");
        (await client.AskAsync("LPUSH", Receipts, Receipt(@"\ud800", "injected"))).ShouldStartWith("-ERR BH-4005");
        (await client.AskAsync("LPUSH", Receipts, Receipt("one", "injected"))).ShouldBe(":1");
    }

    [Fact]
    public async Task Push_Dead_IsADeadLetter()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = await WithClaimAsync(fixture, "one");
        const string receipt = """{"id":"one","session":"pid-7","state":"dead","note":"too large"}""";
        (await client.AskAsync("RPUSH", Receipts, receipt)).ShouldBe(":1");
        var delivery = await fixture.DeliveryAsync("one");
        (delivery.State, delivery.Reason).ShouldBe((DeliveryState.Dead, "too large"));
    }

    [Fact]
    public async Task Push_TheRowItself_NamesAnEventWithoutAnId()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.RenewAsync("pid-7");
        const string row = """{"type":"nameless"}""";
        await client.AskAsync("LPUSH", List, row);
        await client.ClaimAsync("pid-7");
        var receipt =
            $$"""{"session":"pid-7","state":"injected","turn":"{{Turn}}","event":"{\"type\":\"nameless\"}"}""";
        (await client.AskAsync("LPUSH", Receipts, receipt)).ShouldBe(":1");
        await client.AskAsync("LREM", Claims, "1", row);
        (await client.AskAsync("LPUSH", Receipts, receipt.Replace("injected", "completed"))).ShouldBe(":1");
        fixture.Store.Counts.Unfinished.ShouldBe(0);
    }

    [Fact]
    public async Task Push_OfTheSameIdTwice_MeansTheRowOfThisConnection()
    {
        await using var fixture = await RespFixture.StartAsync();
        var (first, second) = (fixture.Connect(), fixture.Connect());
        await first.AskAsync("SET", "agent:session:pid-7", Lease("pid-7"), "PX", "600000");
        await first.AskAsync("LPUSH", List, """{"id":"n","type":"a","ts":0}""");
        fixture.Time.Advance(TimeSpan.FromSeconds(61));
        await first.AskAsync("LPUSH", List, """{"id":"n","type":"b","ts":0}""");
        (await first.ClaimAsync("pid-7")).ShouldContain("\"a\"");
        (await second.ClaimAsync("pid-7")).ShouldContain("\"b\"");

        await second.AskAsync("LPUSH", Receipts, Receipt("n", "completed"));

        var newest = (await fixture.Store.FindAsync("n", TestContext.Current.CancellationToken)).ShouldNotBeNull();
        (newest.Event.Type, newest.Deliveries[0].State).ShouldBe(("b", DeliveryState.Completed));
        fixture.Store.Counts.Unfinished.ShouldBe(1);
    }

    [Fact]
    public async Task ConnectionLost_BeforeAReceipt_TheRowWaitsAgain()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = await WithClaimAsync(fixture, "one");
        await client.CloseAsync();
        (await fixture.Connect().ClaimAsync("pid-7")).ShouldContain("one");
    }

    [Fact]
    public async Task ConnectionLost_AfterInjected_TheTerminalReportsOnFromANewOne()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = await WithClaimAsync(fixture, "one");
        await client.AskAsync("LPUSH", Receipts, Receipt("one", "injected"));
        await client.CloseAsync();
        var again = fixture.Connect();
        await again.RenewAsync("pid-7");
        (await again.ClaimAsync("pid-7")).ShouldBe("null");
        (await fixture.DeliveryAsync("one")).State.ShouldBe(DeliveryState.Injected);
        await again.AskAsync("LPUSH", Receipts, Receipt("one", "completed"));
        (await fixture.DeliveryAsync("one")).State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Llen_CountsReportedRowsNotTwice()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = await WithClaimAsync(fixture, "one");
        await client.PushAsync("pid-7", "two");
        await client.AskAsync("LPUSH", Receipts, Receipt("one", "injected"));
        (await client.AskAsync("LLEN", List)).ShouldBe(":1");
        await client.AskAsync("LREM", Claims, "1", Row("one"));
        (await client.AskAsync("LLEN", List)).ShouldBe(":1");
    }

    [Theory]
    [InlineData("nonsense", "BH-4000")]
    [InlineData("[]", "BH-4001")]
    [InlineData("""{"id":"one","state":"injected"}""", "'session'")]
    [InlineData("""{"id":"one","session":"pid-7","state":"accepted"}""", "'state'")]
    [InlineData("""{"id":"one","session":"pid-7","state":"injected","turn":"x"}""", "'turn'")]
    [InlineData("""{"session":"pid-7","state":"injected"}""", "names no event")]
    [InlineData("""{"id":7,"session":"pid-7","state":"injected"}""", "'id'")]
    public async Task Push_WhatIsNoReceipt_IsRefusedAndChangesNothing(string receipt, string word)
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = await WithClaimAsync(fixture, "one");
        var answer = await client.AskAsync("LPUSH", Receipts, Receipt("one", "injected"), receipt);
        answer.ShouldStartWith("-ERR BH-40");
        answer.ShouldContain(word);
        (await fixture.DeliveryAsync("one")).State.ShouldBe(DeliveryState.Queued);
    }

    [Fact]
    public async Task Push_OfWhatOurAgentHas_IsTakenForALateWord()
    {
        await using var fixture = await RespFixture.StartAsync();
        fixture.Hold(SessionId.Gateway, "pi");
        var client = fixture.Connect();
        await client.PushAsync("gateway", "one");
        (await client.AskAsync("LPUSH", Receipts, Receipt("one", "injected", "gateway"))).ShouldBe(":1");
        (await fixture.DeliveryAsync("one", "gateway")).State.ShouldBe(DeliveryState.Queued);
    }

    private static async Task<RespTestClient> WithClaimAsync(RespFixture fixture, string id)
    {
        var client = fixture.Connect();
        await client.RenewAsync("pid-7");
        await client.PushAsync("pid-7", id);
        (await client.ClaimAsync("pid-7")).ShouldContain(id);
        return client;
    }
}
