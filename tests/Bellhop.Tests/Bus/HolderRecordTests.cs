using System.Text;
using Bellhop.Redis.Bus;

namespace Bellhop.Tests.Bus;

public sealed class HolderRecordTests
{
    [Theory]
    [InlineData("""{"pid":"4711","nonce":"x"}""", "x")]
    [InlineData("""{"pid":null,"startedAt":"soon","nonce":"x"}""", "x")]
    [InlineData("""{"pid":1.5,"startedAt":[],"nonce":7,"host":{}}""", "")]
    [InlineData("""{"pid":99999999999,"startedAt":1e300,"nonce":"x"}""", "x")]
    public void Read_FieldsOfAnotherKind_AreAsIfTheyWereNotThere(string json, string nonce)
    {
        var holder = HolderRecord.Read(Encoding.UTF8.GetBytes(json)).ShouldNotBeNull();
        (holder.Pid, holder.StartedAt, holder.Nonce).ShouldBe((0, DateTimeOffset.UnixEpoch, nonce));
    }

    [Theory]
    [InlineData("")]
    [InlineData("taken")]
    [InlineData("7")]
    [InlineData("""{"nonce":"\ud800"}""")]
    public void Read_WhatNobodyOfUsWrote_IsNothing(string json) =>
        HolderRecord.Read(Encoding.UTF8.GetBytes(json)).ShouldBeNull();
}
