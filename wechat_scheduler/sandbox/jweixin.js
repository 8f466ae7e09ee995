// In place of WeChat's jweixin.js: the sandbox checks the signature of the page, as WeChat's app would.
(function () {
  var verify = new URL("/_sandbox/jssdk/verify", document.currentScript.src);
  var whenReady = [], whenWrong = [], outcome = null;

  function tell() {
    var waiting = outcome.errMsg === "config:ok" ? whenReady : whenWrong;
    waiting.splice(0).forEach(function (call) { call(outcome); });
  }

  function settle(result) {
    outcome = result;
    tell();
  }

  window.wx = {
    config: function (given) {
      var page = {
        appId: given.appId,
        timestamp: given.timestamp,
        nonceStr: given.nonceStr,
        signature: given.signature,
        url: location.href.split("#")[0]
      };
      outcome = null;
      // As text, so that the browser does not ask first.
      fetch(verify, { method: "POST", body: JSON.stringify(page) })
        .then(function (response) { return response.json(); })
        .then(function (answer) { settle(answer.errMsg ? answer : { errMsg: "config:fail, " + answer.error }); })
        .catch(function (error) { settle({ errMsg: "config:fail, " + error.message }); });
    },
    ready: function (call) {
      whenReady.push(call);
      if (outcome) tell();
    },
    error: function (call) {
      whenWrong.push(call);
      if (outcome) tell();
    },
    checkJsApi: function (asked) {
      var known = {};
      (asked.jsApiList || []).forEach(function (name) { known[name] = !!outcome && outcome.errMsg === "config:ok"; });
      if (asked.success) asked.success({ errMsg: "checkJsApi:ok", checkResult: known });
    }
  };
})();
