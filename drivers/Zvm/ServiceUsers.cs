using System.Collections.Frozen;

namespace Anyvisor.Drivers.Zvm;

/// <summary>The users that z/VM brings itself, by the names that its installation gives them. They serve the system and run nobody's work.</summary>
internal static class ServiceUsers
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "OPERATOR", "OPERATNS", "OPERSYMP", "AUTOLOG1", "AUTOLOG2", "DISKACNT", "EREP", "GCS", "GCSXA", "AVSVM", "TSAFVM", "BIN", "SYS", "ADM", "DAEMON", "NOBODY", "DEFAULT",
        "TCPIP", "TCPMAINT", "FTPSERVE", "PORTMAP", "SMTP", "SNMPD", "SNMPQE", "SNMPSUBA", "REXECD", "RXAGENT1", "LPSERVE", "NFSSERVE", "VMNFS", "IMAP", "IMAPAUTH", "MPROUTE", "UFTD", "DHCPD", "NAMESRV", "SSLSERV", "SSLDCSSM", "GSKADMIN", "ROUTED", "X25IPI", "NDBPMGR", "TELNETD", "LDAPSRV", "TCPSSLU", "TCPGCSU",
        "DIRMAINT", "DATAMOVE", "DATAMOV2", "DATAMOV3", "DATAMOV4", "DIRMSAT", "DIRMSAT2", "DIRMSAT3", "DIRMSAT4",
        "RACFVM", "RACFSMF", "RACMAINT", "BLDRACF", "AUDITOR", "SYSADMIN", "SYSMAINT", "SYSMON", "SYSDUMP1", "IBMUSER",
        "PERFSVM", "PERFKIT", "MONWRITE", "MONWRTE2", "ESAWRITE", "VMRMADMN", "VMRMSVM", "OSASF", "OSAMAINT", "OSADMIN1", "OSADMIN2", "OSADMIN3", "SMSMASTR", "SMSSRV01", "SMSSRV02", "DGTSRV01", "DGTSRV02",
        "LOHCOST", "PERSMAPI", "ZVMLXAPP", "ZVMMAPLX", "XCATSERV", "ZHCP", "VSMREQIN", "VSMREQIU", "VSMREQI6", "VSMPROXY", "VSMEVSRV", "VSMGUARD", "DTCSMAPI",
        "VMSERVP", "VMSERVR", "VMSERVS", "VMSERVU", "VMUTIL", "CMSBATCH", "CMSBAT", "PVM", "RSCS", "RSCSAUTH", "RSCSDNS", "XCHANGE", "CSMSERVE", "VALIDATE", "PMAINT", "PDMREM1", "PDMGRP1", "VMESDEMO", "IVPM1", "IVPM2", "CPRM", "CBDIODSP", "HELP", "PROMAIL", "DIRECT", "DBC", "MIGMAINT", "MAINTVSM", "TRACER",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] Families = ["MAINT", "DTCVSW", "DTCENS", "VSMWORK", "BLD", "$", "DTCSMAPI", "TCPSSL", "SSL0", "LDAPSR", "RACMAIN", "OPERATNS-", "7VM", "6VM"];

    /// <param name="userid">In upper case.</param>
    internal static bool Has(string userid)
    {
        // An installation with several members keeps a user's parts as NAME-1, NAME-2.
        var stem = userid.Length > 2 && userid[^2] == '-' && char.IsAsciiDigit(userid[^1]) ? userid[..^2] : userid;
        return Names.Contains(stem) || Families.Any(family => userid.StartsWith(family, StringComparison.Ordinal) && userid[family.Length..].All(c => !char.IsAsciiLetter(c)) || family is "BLD" or "$" && userid.StartsWith(family, StringComparison.Ordinal));
    }
}
