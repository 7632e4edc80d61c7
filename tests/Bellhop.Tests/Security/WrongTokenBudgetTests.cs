using System.Net;
using Bellhop.Channels.Security;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Security;

public sealed class WrongTokenBudgetTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData("127.0.0.1", "::ffff:127.0.0.1")]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")]
    [InlineData("::1", "::1")]
    public void Spend_SamePartyWrittenOtherwise_SharesTheBudget(string one, string other)
    {
        var budget = new WrongTokenBudget(_time);
        for (var i = 0; i < WrongTokenBudget.PerMinute; i++)
            budget.Spend(IPAddress.Parse(i % 2 == 0 ? one : other)).ShouldBeTrue();
        budget.Spend(IPAddress.Parse(one)).ShouldBeFalse();
        budget.Spend(IPAddress.Parse(other)).ShouldBeFalse();
        budget.Spend(IPAddress.Parse("10.9.9.9")).ShouldBeTrue();
    }

    [Fact]
    public void Spend_MoreAndMoreParties_StaysBoundedAndClosed()
    {
        var budget = new WrongTokenBudget(_time);
        for (var i = 0; i < 10_000; i++)
            budget.Spend(new IPAddress((uint)i + 1)).ShouldBeTrue();
        budget.Spend(IPAddress.Parse("10.9.9.9")).ShouldBeFalse();
        _time.Advance(TimeSpan.FromMinutes(1));
        budget.Spend(IPAddress.Parse("10.9.9.9")).ShouldBeTrue();
    }
}
